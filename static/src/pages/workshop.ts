import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import Workshop from "./Workshop.svelte";

mount(Workshop, { target: document.getElementById("app")!, props: { data: readPageData() } });
