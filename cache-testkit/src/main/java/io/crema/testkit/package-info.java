/** What tests of Crema, and of services that use it, are built from. */
@NullMarked
package io.crema.testkit;

import org.jspecify.annotations.NullMarked;
