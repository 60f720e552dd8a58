/** Styles go into files of our own, never into a `style` attribute, for the CSP's sake. */
export default { compilerOptions: { runes: true } };
