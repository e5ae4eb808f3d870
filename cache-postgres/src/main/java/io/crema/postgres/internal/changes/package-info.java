@NullMarked
package io.crema.postgres.internal.changes;

import org.jspecify.annotations.NullMarked;
