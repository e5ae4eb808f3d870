@NullMarked
package io.crema.internal.remote;

import org.jspecify.annotations.NullMarked;
