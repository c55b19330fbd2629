import { debianClient } from "./debian.mjs";

/** The browser that reads HTML reports. */
export const chromium = debianClient({ title: "Chromium", name: "chromium", program: "/usr/bin/chromium" });
