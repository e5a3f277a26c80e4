// A page for those who draw: scene and score with a fixture at a chosen step, and every state of the badges.
// Not linked from anywhere. ?at=7&theme=dark&view=badges|twin|scene&density=…

import { mount } from "svelte";

import "../base.css";
import "../fonts.ts";
import "../tokens.css";
import Gallery from "./Gallery.svelte";

const target = document.getElementById("app");
if (target) mount(Gallery, { target });
