/**
 * Crema at work: three service instances over one Redis and one PostgreSQL, read and updated at the same time, while
 * Redis is killed and started again. {@link io.crema.examples.quickstart.CityCache} is all that such a service needs
 * of Crema; the rest drives, measures and judges.
 */
@NullMarked
package io.crema.examples.quickstart;

import org.jspecify.annotations.NullMarked;
