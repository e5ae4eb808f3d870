/** Invalidations by PostgreSQL's LISTEN and NOTIFY. */
@NullMarked
package io.crema.postgres;

import org.jspecify.annotations.NullMarked;
