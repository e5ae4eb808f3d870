@NullMarked
package io.crema.policy;

import org.jspecify.annotations.NullMarked;
