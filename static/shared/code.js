// The code with which a person comes back, as people read it.

/** Four digits and four. @param {string} code */
export const grouped = (code) => code.replace(/\d{4}(?=\d)/g, "$& ");
