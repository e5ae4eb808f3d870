@NullMarked
package io.crema.architecture;

import org.jspecify.annotations.NullMarked;
