module.exports = require("../../../../dist/pkcs11.js");
