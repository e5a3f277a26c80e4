import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import Classroom from "./Classroom.svelte";

mount(Classroom, { target: document.getElementById("app")! });
