/** Crema configured by Spring Boot. */
@NullMarked
package io.crema.spring.boot;

import org.jspecify.annotations.NullMarked;
