// A chat server as the documentation of npm ws writes one: the message is made once and sent to each.
//
//   node ws.js PORT

import { WebSocketServer } from "ws";

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });

server.on("connection", (socket) => {
  let account = "";
  socket.on("error", () => socket.terminate());
  socket.on("close", () => rooms.forEach((members) => members.delete(socket)));
  socket.on("message", (text) => {
    const message = JSON.parse(text);
    switch (message.type) {
      case "login":
        account = message.account;
        socket.send(JSON.stringify({ type: "welcome", account }));
        break;
      case "join": {
        const members = rooms.get(message.room) ?? new Set();
        rooms.set(message.room, members.add(socket));
        socket.send(JSON.stringify({ type: "joined", room: message.room, members: members.size }));
        break;
      }
      case "send": {
        const out = Buffer.from(
          JSON.stringify({ type: "message", room: message.room, account, text: message.text }),
        );
        for (const member of rooms.get(message.room) ?? []) {
          member.send(out, { binary: false });
        }
        break;
      }
    }
  });
});

server.on("listening", () => console.log(`listening on ${server.address().port}`));
