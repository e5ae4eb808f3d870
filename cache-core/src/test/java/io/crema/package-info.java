@NullMarked
package io.crema;

import org.jspecify.annotations.NullMarked;
