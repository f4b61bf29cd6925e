//! Syntax of FHIR search strings, `_filter` expressions and SearchParameter expressions.
