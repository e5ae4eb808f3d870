/**
 * The story of {@code docs/guide}, as a program: each chapter is a class with the code that its page shows and the runs that
 * measure it, over a simulated database, a real Redis and three instances of Crema in this process.
 */
@NullMarked
package io.crema.examples.guide;

import org.jspecify.annotations.NullMarked;
