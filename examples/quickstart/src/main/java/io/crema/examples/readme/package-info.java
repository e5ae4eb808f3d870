/** What the README shows, compiled. */
package io.crema.examples.readme;
