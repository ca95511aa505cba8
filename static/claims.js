// On one page of a source's claims: leads to the page that has the claim named in the address, where it is another.
"use strict";

const claim = location.hash.slice(1);
if (claim && !document.getElementById(claim)) location.replace(`?claim=${claim}`);
