/** Runtime policies: model, JSON form, validation. */
package io.crs.policy;
