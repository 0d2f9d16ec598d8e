import { render } from "preact";
import { App } from "./app.tsx";
import { readTheme, wearTheme } from "./shell/theme.ts";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/panel.css";
import "./styles/overview.css";
import "./styles/requests.css";
import "./styles/request-detail.css";
import "./styles/upstreams.css";
import "./styles/keys.css";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no #app");
wearTheme(readTheme());
render(<App />, root);
