import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../chart.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import type { LessonData } from "../protocol.ts";
import Lesson from "./Lesson.svelte";

mount(Lesson, { target: document.getElementById("app")!, props: { data: readPageData<LessonData>() } });
