export { runsOutOn } from "./runs-out.ts";
export {
  type CostForecast,
  type CostForecaster,
  createCostForecaster,
  type MonthEnd,
  type SpentDay,
  wholeInstallation,
} from "./stage.ts";
