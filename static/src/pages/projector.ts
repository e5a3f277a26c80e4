import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import type { RoomData } from "../protocol.ts";
import Projector from "./Projector.svelte";

mount(Projector, { target: document.getElementById("app")!, props: { data: readPageData<RoomData>() } });
