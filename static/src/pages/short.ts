// A short link's page: it goes on to the lab's own address, which is too long for a redirect.

import type { KeepLink } from "../protocol.ts";

const { address } = JSON.parse(document.getElementById("page-data")?.textContent ?? "") as KeepLink;
location.replace(address);
