/**
 * What the policies of loading promise: each alone, each pair that has to do with one another, the interleavings that
 * break other libraries with the policies on, and bad loaders. {@code PolicyPairsTest} has the table of the pairs, the field's
 * published behaviours are in {@code FieldBehavioursTest}.
 */
@NullMarked
package io.crema.loading;

import org.jspecify.annotations.NullMarked;
