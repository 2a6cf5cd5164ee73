// A chat server as the documentation of Socket.IO writes one, with rooms; clients connect by WebSocket at once.
//
//   node socketio.js PORT

import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });

io.on("connection", (socket) => {
  const { account } = socket.handshake.auth;
  socket.emit("welcome", account);
  socket.on("join", (room) => {
    socket.join(room);
    socket.emit("joined", room);
  });
  socket.on("send", ({ room, text }) => io.to(room).emit("message", { room, account, text }));
});

http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 }, () =>
  console.log(`listening on ${http.address().port}`),
);
