/** A worker thread of the node engine's (node/threads.ts). */

import { nodeEngine } from "./node/engine.ts";
import { serveTasks } from "./node/serve-tasks.ts";
import { runTask, type Task } from "./token/tasks.ts";

serveTasks((task, isStopped) => runTask(nodeEngine, task as Task, isStopped));
