// A sheet of paper: it needs styles and nothing else.
import "../tokens.css";
import "../base.css";
import "../chart.css";
import "../fonts.ts";
import "./worksheet.css";
