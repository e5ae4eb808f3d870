/**
 * The coherence protocol as small abstract models, one per feature. Each test walks every state that its model can reach and finds no
 * violation of the promise; the same walk with one rule replaced by a mutant finds one. The models share no code with the library: they
 * check the rules, not the implementation.
 */
@NullMarked
package io.crema.model;

import org.jspecify.annotations.NullMarked;
