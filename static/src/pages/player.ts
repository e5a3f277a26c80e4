import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../playerfonts.css";
import { readRecorded } from "../app/recorded.svelte.ts";
import Player from "./Player.svelte";

mount(Player, { target: document.getElementById("app")!, props: { data: await readRecorded() } });
