/** Races inside one instance, explored on the classes of production and a real Caffeine. */
@NullMarked
package io.crema.lincheck;

import org.jspecify.annotations.NullMarked;
