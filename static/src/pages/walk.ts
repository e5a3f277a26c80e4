import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import Twin from "./Twin.svelte";
import Walk from "./Walk.svelte";

const data = readPageData();
const target = document.getElementById("app")!;
if (data.other || location.pathname === "/twin") mount(Twin, { target, props: { data } });
else mount(Walk, { target, props: { data } });

// another link pasted over this one's, of which only what follows the # is another
addEventListener("hashchange", () => location.reload());
