package io.crema.model;

/** A cell that nothing but its content tells from the others of its array. */
abstract class Twin extends Cell {}
