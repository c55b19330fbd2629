import { debianClient } from "./debian.mjs";

/** Reads manual pages, and complains about them. */
export const mandoc = debianClient({ title: "mandoc", name: "mandoc", program: "/usr/bin/mandoc" });
