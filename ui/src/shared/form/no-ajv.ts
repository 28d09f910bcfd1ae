/**
 * Stands in for @rjsf/validator-ajv8, which @rjsf/core imports only for its test registry.
 * ajv compiles schemas with `new Function`, refused by our Content-Security-Policy.
 */
const unavailable = (): never => {
  throw new Error('ajv is not bundled: pass the validator of src/shared/form/validator.ts')
}

export const customizeValidator = unavailable
export default unavailable
