@NullMarked
package io.crema.scenario;

import org.jspecify.annotations.NullMarked;
