@NullMarked
package io.crema.testkit;

import org.jspecify.annotations.NullMarked;
