/** What Spring Boot's actuator shows of the caches, and lets do. */
@NullMarked
package io.crema.spring.boot.actuate;

import org.jspecify.annotations.NullMarked;
