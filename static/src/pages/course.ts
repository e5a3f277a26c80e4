import { mount } from "svelte";

import "../tokens.css";
import "../base.css";
import "../fonts.ts";
import { readPageData } from "../app/page.svelte.ts";
import type { CourseData } from "../protocol.ts";
import Course from "./Course.svelte";

mount(Course, { target: document.getElementById("app")!, props: { data: readPageData<CourseData>() } });
