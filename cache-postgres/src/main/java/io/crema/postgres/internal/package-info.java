@NullMarked
package io.crema.postgres.internal;

import org.jspecify.annotations.NullMarked;
