@NullMarked
package io.crema.postgres;

import org.jspecify.annotations.NullMarked;
