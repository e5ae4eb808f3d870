/** The contracts, run from another package than theirs, as the tests of adapters run them. */
@NullMarked
package io.crema.testkit.contract;

import org.jspecify.annotations.NullMarked;
