@NullMarked
package io.crema.scenarios;

import org.jspecify.annotations.NullMarked;
