import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import type { RoomData } from "../protocol.ts";
import Teach from "./Teach.svelte";

mount(Teach, { target: document.getElementById("app")!, props: { data: readPageData<RoomData>() } });
