@NullMarked
package io.crema.postgres.internal.bus;

import org.jspecify.annotations.NullMarked;
