import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import Embed from "./Embed.svelte";

mount(Embed, { target: document.getElementById("app")!, props: { data: readPageData() } });

// another link pasted over this one's, of which only what follows the # is another
addEventListener("hashchange", () => location.reload());
